"""oscarapi's product list with what AQAD's shows (price, stock, categories) and Oscar's own prefetching, by its documented overriding."""
