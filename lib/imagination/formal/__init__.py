"""The book's theorems in Coq: what is printed for Coq from the claims, and the record of what Coq checked."""
