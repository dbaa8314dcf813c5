"""What `bench/ledger.py` is made of: transfers by chance, books, what they are held against, the sections."""
