"""Run one training job written twice, and prove whether both are the same.

`python -m compare` is the command; the README explains it. Importing this
package imports neither TensorFlow nor anything else that is slow.
"""
