"""What Rasa's classifier reads of a message beside its letters: the shared encoder's view of it, as a featurizer."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from actions.encoder.model import CARD, LISTENER, Encoder, listener

#: What an intent counts at least, so that its logarithm stays small.
FAINT = 1e-4


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class EncoderFeaturizer(DenseFeaturizer, GraphComponent):
    """Dense features of a message: the mean of the encoder's states, and how likely it finds each intent."""

    def __init__(self, config: dict[str, Any], name: str, encoder: Encoder) -> None:
        super().__init__(name, config)
        self._encoder = encoder

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EncoderFeaturizer:
        """Made anew at each start: the encoder's weights are the program's, not the trained model's."""
        return cls(config, execution_context.node_name, listener())

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The encoder's weights: without them Rasa would keep what older weights saw of the examples."""
        return (LISTENER / CARD).read_text("utf-8")

    @classmethod
    def required_components(cls) -> list[type]:
        """Rasa's features hang on tokens."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """How much the intents that the encoder sees weigh beside its states."""
        return {**DenseFeaturizer.get_default_config(), "intents": 1.0, "states": 1.0}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Any weight will do."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Features of every example."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Features of every message that has a text."""
        for message in messages:
            if text := message.get(TEXT):
                features = self._features(text)[np.newaxis, :]
                message.add_features(Features(features, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
        return messages

    def _features(self, text: str) -> np.ndarray:
        look = self._encoder.look(text)
        intents = np.log(look.likely["intents"] + FAINT)
        weighed = [self._config["states"] * look.meaning, self._config["intents"] * intents]
        return np.concatenate(weighed).astype(np.float32)
