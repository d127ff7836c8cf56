"""The science behind *On Training in Imagination*: claims, worlds, and experiments on both."""
