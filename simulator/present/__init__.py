"""Tables to words: number formats, sentences, tables on screen, exports. The command line, the dashboard and reports share it.

It computes nothing: what it shows is in a table already.
"""
