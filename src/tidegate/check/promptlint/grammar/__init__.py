"""From a sentence to instruction tuples, or to nothing: what is unknown is abstained, never misparsed."""
