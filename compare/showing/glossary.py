"""What beginners need to know of each term of the field: one sentence."""

from __future__ import annotations

from compare.records.note import marked

GLOSSARY = {
    marked("parameter"): marked(
        "A number of the model that training changes, such as the slope of a "
        "line."
    ),
    marked("loss"): marked(
        "One number that says how wrong the predictions are: the smaller, the "
        "better."
    ),
    marked("gradient"): marked(
        "For each parameter, how much the loss grows when the parameter grows "
        "a little: it points uphill."
    ),
    marked("learning rate"): marked(
        "The number that a gradient is multiplied by before it is subtracted: "
        "the length of the step."
    ),
    marked("update"): marked(
        "One step of training: gradients are computed once, and every "
        "parameter changes a little."
    ),
    marked("epoch"): marked("One pass over all rows of the data."),
    marked("mini-batch"): marked(
        "A few of the rows, from which one update is computed."
    ),
    marked("batch"): marked("The rows from which one update is computed."),
    marked("tensor"): marked(
        "A block of numbers in rows and columns, or in fewer or more "
        "directions."
    ),
    marked("rank"): marked(
        "The number of directions of a tensor: 0 for one number, 1 for a "
        "list, 2 for a table."
    ),
    marked("tape"): marked(
        "TensorFlow's record of what was computed; gradients come from "
        "reading it backwards."
    ),
    marked("optimizer"): marked(
        "The part that turns gradients into changes of the parameters."
    ),
    marked("kernel"): marked(
        "Keras's name for the weights of a layer: what inputs are multiplied "
        "by; here `w`."
    ),
    marked("bias"): marked(
        "The number that a layer adds at the end; here `b`."
    ),
    marked("eager"): marked(
        "A mode in which TensorFlow carries out each line of Python at once."
    ),
    marked("graph"): marked(
        "A mode in which TensorFlow reads the function once, and then runs "
        "its plan without Python."
    ),
    marked("XLA"): marked(
        "A compiler that turns the graph into one fast program for the "
        "processor."
    ),
    marked("float32"): marked(
        "A number in 32 bits, which hold about seven digits."
    ),
    marked("float64"): marked(
        "A number in 64 bits, which hold about sixteen digits."
    ),
    marked("ULP"): marked(
        "The gap between a number and the next one that can be stored: the "
        "smallest difference there is."
    ),
    marked("closed form"): marked(
        "A formula that gives the best parameters at once, without training."
    ),
    marked("Hessian"): marked(
        "The table of how fast the gradient changes along each parameter: it "
        "says how steep the valley is."
    ),
    marked("statement"): marked(
        "One instruction of a program, whatever its length in lines."
    ),
    marked("data iterator"): marked(
        "The object that hands the rows to the training, batch by batch."
    ),
}
"""Term -> what it is. Where one is part of another, the longer one counts."""
