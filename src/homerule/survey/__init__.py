"""Looking across the law: what is in force, what changed, what is coming, who requires what, and how much of it is in the corpus."""
