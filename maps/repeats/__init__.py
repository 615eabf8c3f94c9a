"""What repeat victimisation and near repeat leave behind: tables, pictures, lists, layers."""
