"""The first training again, as experts in other frameworks write it.

Each module holds `train(problem, mode, on_step)`, as the exhibits in `manual`
do, and imports nothing of ours. The harness checks that it is the same
training before it takes a time.
"""
