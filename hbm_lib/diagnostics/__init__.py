"""Whether the computation worked, whether engines agree, whether the model fits: all from draws."""
