"""Jobs that the tests run in fresh processes."""


def record_with_graph_optimiser(*arguments):
    """Record an exhibit with TensorFlow's graph optimiser left on."""
    import tensorflow as tf

    from compare import worker

    tf.config.optimizer.set_experimental_options = lambda options: None
    return worker.record(*arguments)
