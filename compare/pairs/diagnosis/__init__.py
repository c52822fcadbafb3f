"""Why a pair is different: what can be reproduced, and what is seen."""
