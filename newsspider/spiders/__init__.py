"""Discovery and crawling: one spider for every source, fed from the store's frontier."""
