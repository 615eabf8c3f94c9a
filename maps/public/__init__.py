"""What may be told to everybody: releases, and the control of what they disclose."""
