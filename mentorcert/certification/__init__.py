"""Certification: requirements and their verdicts, the decision, the certificate and its public page."""
