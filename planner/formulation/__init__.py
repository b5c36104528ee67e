"""The linear program, as its field calls it: sees no Pint quantity and no file.

``build`` is its table of contents; every constraint is one function of
``constraints``, named as its rows, its audit check and its JSON key are.
"""
