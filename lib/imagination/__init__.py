"""The science behind *On Training in Imagination*: claims, worlds, and the experiments that put the two together."""
