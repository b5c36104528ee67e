"""Why the plan is what it is: prices, certificate, causes and remedies."""
