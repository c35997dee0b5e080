# Never read: the version file says no.
message(FATAL_ERROR "A Boost that is too old was taken")
