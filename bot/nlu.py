"""What Rasa reads of a message: the listener's view of it as features, and, in doubt, the second listener's opinion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from actions.encoder.cascade import second_listener
from actions.encoder.labels import INTENTS
from actions.encoder.model import CARD, LISTENER, Encoder, Look, listener

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


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SecondOpinion(GraphComponent, IntentClassifier):
    """Where the classifier is unsure of its first thought, the second listener reads the message, too: between both."""

    def __init__(self, config: dict[str, Any], look: Callable[[str], Look]) -> None:
        self._config = config
        self._look = look

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SecondOpinion:
        """Made anew at each start. The network itself is read when it is first asked."""
        return cls(config, lambda text: second_listener().look(text))

    @classmethod
    def required_components(cls) -> list[type]:
        """There must be a first opinion."""
        return [IntentClassifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Below which confidence the second listener is asked, and how much it counts then, from 0 to 1."""
        return {"unsure_below": 0.9, "share": 0.4}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Any two shares will do."""

    def process(self, messages: list[Message]) -> list[Message]:
        """The ranking between both, of every message whose first thought was unsure."""
        for message in messages:
            ranking = message.get(INTENT_RANKING_KEY)
            if ranking and message.get(TEXT) and ranking[0]["confidence"] < self._config["unsure_below"]:
                both = self._between(message.get(TEXT), ranking)
                message.set(INTENT, both[0], add_to_output=True)
                message.set(INTENT_RANKING_KEY, both, add_to_output=True)
        return messages

    def _between(self, text: str, ranking: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The geometric mean of both, so that what either finds unlikely stays so."""
        likely, share = dict(zip(INTENTS, self._look(text).likely["intents"])), self._config["share"]
        weights = {one["name"]: max(one["confidence"], FAINT) ** (1 - share) for one in ranking}
        weights = {name: weight * max(likely[name], FAINT) ** share for name, weight in weights.items()}
        total = sum(weights.values())
        both = [{"name": name, "confidence": float(weight / total)} for name, weight in weights.items()]
        return sorted(both, key=lambda one: -one["confidence"])
