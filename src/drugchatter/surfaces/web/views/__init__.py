"""Engine values → plain values for the templates: one small function a page, no HTML, no requests.

A page is made of blocks that templates know how to show: an answer, a table, a panel, a list of links. What the engine
learns to tell becomes one more panel here and nothing new there.
"""
