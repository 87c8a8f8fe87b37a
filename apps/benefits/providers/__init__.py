"""The services elsewhere that benefits reach."""
