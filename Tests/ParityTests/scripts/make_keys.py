"""Golden/keys.json: for every architecture at its default widths, the ordered keys and shapes of its state_dict. PyTorch 2.15.0."""

from golden import save_json
from reference_models import discriminator, generator

NORMS = ("instance", "batch", "none")


def architectures():
    for name in ("resnet9", "resnet6", "unet128", "unet256"):
        for norm in NORMS:
            for dropout in (False, True):
                label = "-".join([name, norm] + (["dropout"] if dropout else []))
                yield label, dict(kind="generator", name=name, norm=norm, dropout=dropout), generator(name, 64, norm, dropout)
    for name in ("patch1", "patch2", "patch3", "patch4", "patch5", "pixel"):
        for norm in NORMS:
            yield f"{name}-{norm}", dict(kind="discriminator", name=name, norm=norm, dropout=False), discriminator(name, 64, norm)


table = {}
for label, description, net in architectures():
    keys = [[key, list(value.shape)] for key, value in net.state_dict().items()]
    table[label] = description | dict(parameters=sum(p.numel() for p in net.parameters()), keys=keys)
save_json("keys.json", table, indent=None)
