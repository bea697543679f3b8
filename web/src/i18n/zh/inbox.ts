export default { search: "搜索患者、会诊号、会诊目的", new: "发起会诊" };
