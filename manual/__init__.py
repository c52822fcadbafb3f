"""Training loops written by hand in raw TensorFlow.

Each module is one lesson and holds `train(problem)`; the module of the same
name in `keras_impl` is its twin: the same training written with Keras.
`diff manual/NAME.py keras_impl/NAME.py` is the lesson.

`problem` gives the data (`x`, `y`), the first value of each parameter by its
name (`problem.kernel`; all of them in `problem.initial`), `epochs`,
`batch_size` and the hyper-parameters, all as attributes. The rows are in a
random order already, the same for both twins. What `train` returns is what
one keeps: the variables and, where the lesson is about it, a history.
"""
