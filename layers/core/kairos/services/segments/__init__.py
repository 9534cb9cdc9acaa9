"""Segments: kept, evaluated, asked about, and handed on."""
