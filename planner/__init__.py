"""Compute-fleet capacity planner: who gets which accelerator, where and when."""
