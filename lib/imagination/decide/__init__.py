"""What practitioners call: allocation, the cost of a label, scaling laws, a planner."""
