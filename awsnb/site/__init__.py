"""Pages to read without a kernel: a section's lesson, an index, a report.

A page is one file. It loads nothing, and its Explorer answers from what is baked into it.
"""
