"""What a page says: the frames of its questions in, sentences and rows of text in the reader's language out."""
