"""Speed, measured as ratios in one run (`make bench`); docs/speed.md says what was seen."""
