"""What in a conversation says that an answer failed its user."""
