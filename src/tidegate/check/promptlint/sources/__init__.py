"""What is read as a prompt: files of every format, their templates, and the units they are cut into."""
