"""What the pipeline costs, measured on this machine: run by `make bench`."""
