"""What the doctor asks, a file per part. A check yields findings; it may raise, and it ends in seconds."""
