"""Fit a line in JAX with many updates per call, in a lax.fori_loop."""

import jax
import jax.numpy as jnp


def train(problem, mode="xla", on_step=None):
    """Run gradient descent, many updates per call; return w, b by name."""
    # --- Data
    x = jnp.asarray(problem.x)
    y = jnp.asarray(problem.y)

    # --- Model
    parameters = jax.tree.map(jnp.asarray, problem.initial)

    # --- Loss and update
    def loss(parameters):
        y_hat = parameters["kernel"] * x + parameters["bias"]
        return jnp.mean(jnp.square(y - y_hat))

    def step(_, parameters):
        gradients = jax.grad(loss)(parameters)
        return jax.tree.map(
            lambda p, dp: p - problem.learning_rate * dp, parameters, gradients
        )

    @jax.jit
    def many_steps(count, parameters):
        return jax.lax.fori_loop(0, count, step, parameters)

    # --- Training
    # The count is an argument of one program, so that whoever watches sees
    # every update of the very program that otherwise runs unwatched.
    size = 1 if on_step else problem.steps_per_call
    for done in range(0, problem.steps, size):
        count = min(size, problem.steps - done)
        parameters = many_steps(count, parameters)
        if on_step:
            on_step(done + 1, parameters)
    return jax.block_until_ready(parameters)
