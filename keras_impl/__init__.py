"""The same trainings as in `manual`, written with Keras.

Each module is one lesson and holds `train(problem, mode, on_step)`; read it
beside the module of the same name in `manual`, which explains the arguments.
"""
