"""What a training run, a serving mix or a ranking service costs, each on its own."""
