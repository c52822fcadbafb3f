"""Training loops written by hand in raw TensorFlow.

Each module is one lesson and holds `train(problem, mode, on_step)`; the module
of the same name in `keras_impl` is its twin: the same training written with
Keras. `diff manual/NAME.py keras_impl/NAME.py` is the lesson.

`problem` gives the data (`x`, `y`), the first parameters (`initial`), the
number of updates (`steps`) and the hyper-parameters as attributes. `mode` is
"eager", "graph" or "xla". `on_step(update, parameters)` is called after every
update with its number, from 1, and the parameters by name.
"""
