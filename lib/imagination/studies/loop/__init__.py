"""The whole loop: collect, learn, train in imagination, see what it is worth outside, repeat."""
