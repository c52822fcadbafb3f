"""The same trainings as in `manual`, written with Keras.

Each module is one lesson and holds `train(problem)`, which returns the model
and, where the lesson is about it, the history of `fit`; read it beside the
module of the same name in `manual`, which explains `problem`.
"""
