"""`beatplan forecast` and `beatplan backtest`: where next, and which method to trust with it."""
