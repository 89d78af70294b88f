"""Makes verl know `algorithm.adv_estimator=turnwise` and the agent loop `turnwise_search`.

Imported by every process that imports verl, through the entry point `verl.plugins` or VERL_USE_EXTERNAL_MODULES.
"""

from .estimator import turnwise_advantages


def register() -> None:
    from verl.trainer.ppo.core_algos import register_adv_est

    register_adv_est("turnwise")(turnwise_advantages)


register()
