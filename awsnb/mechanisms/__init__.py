"""What happens: arrays and rates, free of AWS. One file a mechanism."""
