"""What people are told: written down with what happened, addressed and sent by the drain."""
