"""Feeds to articles: polls feeds politely and puts every new article on the log. Judges nothing."""
