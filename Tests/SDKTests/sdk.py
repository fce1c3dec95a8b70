"""Makes one request with the official SDK of the provider that argv[1] names.

Each takes its key and, where it can, its base URL from the environment, as any program of a user
would. BASE_URL is there for the SDKs that read no variable for it. What comes back is of no
interest, and neither is whether the SDK can make sense of it: the stand-in has the request.

The call is the one that keyvault probes with wherever the SDK has it. None is retried, where the
SDK can be configured so.
"""

import os
import sys


def base_url(path=""):
    # The path is what the SDK's own default has after the host.
    return os.environ["BASE_URL"] + path


def ai21():
    from ai21 import AI21Client

    AI21Client(num_retries=1).library.files.list()


def anthropic():
    from anthropic import Anthropic

    Anthropic(max_retries=0).models.list(limit=1)


def assemblyai():
    from assemblyai import Transcriber

    Transcriber().list_transcripts()


def azure_openai():
    from openai import AzureOpenAI

    AzureOpenAI(api_version="2024-10-21", max_retries=0).models.list()


def cerebras():
    from cerebras.cloud.sdk import Cerebras

    # Otherwise the client asks for /v1/tcp_warming first.
    Cerebras(max_retries=0, warm_tcp_connection=False).models.list()


def cohere():
    from cohere import Client

    Client().models.list()


def deepgram():
    from deepgram import DeepgramClient
    from deepgram.environment import DeepgramClientEnvironment

    url = base_url()
    environment = DeepgramClientEnvironment(base=url, production=url, agent=url, agent_rest=url)
    DeepgramClient(environment=environment, max_retries=0).manage.v1.projects.list()


def deepinfra():
    from deepinfra import Sandbox

    Sandbox.list()


def elevenlabs():
    from elevenlabs.client import ElevenLabs

    ElevenLabs(base_url=base_url()).user.subscription.get()


def fireworks():
    from fireworks import Fireworks

    # It reads FIREWORKS_BASE_URL, which providers.d/fireworks.yaml leaves to other programs.
    Fireworks(max_retries=0, base_url=base_url()).accounts.list(page_size=1)


def gemini():
    from google.genai import Client

    # Without a name the client would be closed before it asks.
    client = Client()
    client.models.list(config={"page_size": 1})


def groq():
    from groq import Groq

    Groq(max_retries=0).models.list()


def huggingface():
    from huggingface_hub import whoami

    whoami()


def luma():
    from lumaai import LumaAI

    LumaAI(max_retries=0).credits.get()


def mistral():
    from mistralai.client import Mistral

    Mistral(server_url=base_url()).models.list()


def novita():
    from novita_client import NovitaClient

    # It reads no variable: its documentation hands it this one.
    NovitaClient(os.environ["NOVITA_API_KEY"], base_url()).user_info()


def openai():
    from openai import OpenAI

    OpenAI(max_retries=0).models.list()


def openrouter():
    from openrouter import OpenRouter

    OpenRouter(server_url=base_url("/api/v1")).api_keys.get_current_key_metadata()


def perplexity():
    from perplexity import Perplexity

    Perplexity(max_retries=0).models.list()


def replicate():
    from replicate import Client

    Client().accounts.current()


def runway():
    from runwayml import RunwayML

    RunwayML(max_retries=0).organization.retrieve()


def together():
    from together import Together

    Together(max_retries=0).files.list()


def voyage():
    from voyageai import Client

    Client(max_retries=0, base_url=base_url("/v1")).embed(["text"], model="voyage-3.5")


sdk = globals()[sys.argv[1]]
try:
    sdk()
except ImportError:
    raise
except Exception as error:
    # The kind alone: a message may hold a part of the key.
    print(type(error).__name__, file=sys.stderr)
