"""Tests of the embedded World: its APIs, its registry, its simulator and its delivery."""
