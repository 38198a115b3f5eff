"""Evaluation: questions with gold in, a table out. The task is any callable from a question to an answer."""
