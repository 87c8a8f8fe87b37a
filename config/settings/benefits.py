"""The services that benefits reach, and files."""

from config.env import env

DISCORD_API_URL: str = env.str("DISCORD_API_URL", default="https://discord.com/api/v10").rstrip("/")
GITHUB_API_URL: str = env.str("GITHUB_API_URL", default="https://api.github.com").rstrip("/")
