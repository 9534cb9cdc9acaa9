"""The snapshot: fed with customers who changed, opened for questions, recomputed as time goes by, checked."""
